import threading


def program(say, pause):
    jobs = [1, 2]

    def worker(name):
        try:
            while len(jobs) > 0:
                pause()
                job = jobs.pop(0)
                say(name, job)
        except IndexError:
            say(name, "found nothing")

    threads = [threading.Thread(target=worker, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
