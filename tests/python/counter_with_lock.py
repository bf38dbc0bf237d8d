from threading import Lock, Thread


def program(say, pause):
    counter = 0
    m = Lock()

    def increment():
        nonlocal counter
        for _ in range(2):
            with m:
                seen = counter
                pause()
                counter = seen + 1

    threads = [Thread(target=increment) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    say(counter)
