from concurrent.futures import ThreadPoolExecutor, as_completed


def program(say, pause):
    def work(n):
        pause()
        return n

    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(work, n) for n in range(3)]
        pause()
        for future in as_completed(futures):
            say(future.result())
