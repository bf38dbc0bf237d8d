import asyncio
from multiprocessing import get_context


def child(queue):
    async def work(n):
        await asyncio.sleep(0)
        queue.put(n)

    async def main():
        await asyncio.gather(work(1), work(2))

    asyncio.run(main())


def program(say, pause):
    fork = get_context("fork")
    queue = fork.Queue()

    async def tick(n):
        say("tick", n)
        await asyncio.sleep(0)
        say("tock", n)

    async def main():
        p = fork.Process(target=child, args=(queue,))
        p.start()
        await asyncio.gather(tick(1), tick(2))
        say(queue.get())
        say(queue.get())
        p.join()

    asyncio.run(main())
