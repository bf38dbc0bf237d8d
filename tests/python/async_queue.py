import asyncio
import random


def program(say, pause):
    async def main():
        q = asyncio.Queue(maxsize=1)

        async def producer(first):
            for i in range(2):
                await asyncio.sleep(random.random() / 1000)
                await q.put(first + i)
                say("put", first + i)

        async def consumer():
            for _ in range(4):
                item = await q.get()
                say("got", item)

        await asyncio.gather(producer(1), producer(10), consumer())

    asyncio.run(main())
