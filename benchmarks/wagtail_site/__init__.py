"""A throwaway Wagtail site with one page: what `script/bench wagtail` compares ours with. Nothing of ours imports it."""
