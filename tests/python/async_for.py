import asyncio
import random


def program(say, pause):
    async def items(queue):
        while (item := await queue.get()) is not None:
            yield item

    async def produce(queue, first):
        for i in range(2):
            await asyncio.sleep(random.random() / 2000)
            queue.put_nowait(first + i)

    async def consume(queue):
        async for item in items(queue):
            say("got", item)
        say("no more")

    async def main():
        queue = asyncio.Queue()
        c = asyncio.create_task(consume(queue))
        await asyncio.gather(produce(queue, 1), produce(queue, 10))
        queue.put_nowait(None)
        await c

    asyncio.run(main())
