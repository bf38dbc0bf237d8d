from concurrent.futures import ThreadPoolExecutor


def program(say, pause):
    def fetch(n):
        pause()
        say("fetches", n)
        return n * 10

    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(fetch, range(3)))
    say(*results)
