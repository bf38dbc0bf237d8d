import asyncio
import random


def program(say, pause):
    async def deaf():
        try:
            await asyncio.sleep(random.random() / 1000)
            say("in time")
        except asyncio.CancelledError:
            say("takes no notice")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        return 7

    async def other():
        for i in range(3):
            say("other", i)
            await asyncio.sleep(0)

    async def main():
        t = asyncio.create_task(deaf())
        o = asyncio.create_task(other())
        try:
            say("result", await asyncio.wait_for(t, random.random() / 1000))
        except asyncio.TimeoutError:
            say("never said")
        await o

    asyncio.run(main())
