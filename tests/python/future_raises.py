from concurrent.futures import ThreadPoolExecutor


def program(say, pause):
    def work(value):
        pause()
        if value < 0:
            raise ValueError
        say("works")
        return value

    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(work, v) for v in (1, -1)]
        for f in futures:
            try:
                say(f.result())
            except ValueError:
                say("negative")
    say("done", futures[0].done())
