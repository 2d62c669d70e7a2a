"""What is measured beside the platform: bare handlers, bare proxies, and the platform with one thing changed."""
