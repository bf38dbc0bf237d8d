from threading import Thread


class Sink:
    def __init__(self, pause):
        self.text = ""
        self.pause = pause

    def write(self, text):
        self.text += text
        self.pause()


def program(say, pause):
    sink = Sink(pause)
    threads = [Thread(target=print, args=(name,), kwargs={"file": sink}) for name in "ab"]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for line in sink.text.splitlines():
        say(line)
