"""Pages, as a browser without script gets them: status, headers, html."""
