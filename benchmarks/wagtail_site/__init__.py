"""A temporary Wagtail site with one page, which `script/bench wagtail` compares with ours."""
