import threading


def program(say, pause):
    cache = {}

    def ask(value):
        pause()
        found = cache.setdefault("key", value)
        pause()
        say(found)

    threads = [threading.Thread(target=ask, args=(value,)) for value in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(len(cache))
