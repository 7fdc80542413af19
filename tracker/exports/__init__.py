"""What leaves a cohort as a file: the matrix of learners and topics, and the events behind it, as CSV and as XLSX.

Read in batches, so that memory does not grow with the learners; the figures are those of the pages. Nobody's address
is in them.
"""
