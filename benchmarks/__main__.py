"""`make bench`: every benchmark, one after the other; tables in benchmarks/results/."""

from benchmarks import history, mentors, pages, reading, search, serving, studio
from benchmarks import map as maps

if __name__ == "__main__":
    reading.main()
    serving.main()
    pages.main()
    mentors.main()
    history.main()
    studio.main()
    search.main()
    maps.main()
