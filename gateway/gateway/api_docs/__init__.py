"""The API document of the whole platform and the pages that explain it."""
