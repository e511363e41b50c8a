"""What every page of the site shares: how a public page declares itself, its template tags, and what crawlers fetch."""
