import threading


def program(say, pause):
    hits = {"home": 0}

    def visit():
        seen = hits.get("home", 0)
        pause()
        hits["home"] = seen + 1

    threads = [threading.Thread(target=visit) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(hits["home"])
