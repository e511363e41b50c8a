"""One kind of page: a guide."""
