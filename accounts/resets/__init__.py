"""Starting again for somebody who lost all their second factors."""
