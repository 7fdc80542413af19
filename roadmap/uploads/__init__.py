"""Notes that come through the browser: checked, unpacked and kept, before anything reads them."""
