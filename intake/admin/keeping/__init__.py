"""The pages about keeping and erasing: times of keeping, rounds that wait, legal holds."""
