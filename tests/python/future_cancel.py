from concurrent.futures import CancelledError, ThreadPoolExecutor


def program(say, pause):
    def work(n):
        pause()
        say("works", n)
        return n

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(work, 1)
        second = pool.submit(work, 2)
        pause()
        say("cancelled" if second.cancel() else "too late")
        try:
            say("result", second.result())
        except CancelledError:
            say("no result")
