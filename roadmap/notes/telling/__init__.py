"""What a note's author learns from a reading: which rule made what, what was left out and why, what to mend."""
