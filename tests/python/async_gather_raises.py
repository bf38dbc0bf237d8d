import asyncio
import random


def program(say, pause):
    async def fails():
        await asyncio.sleep(random.random() / 1000)
        say("fails")
        raise ValueError

    async def works():
        await asyncio.sleep(random.random() / 1000)
        say("works")
        return 1

    async def main():
        w = asyncio.create_task(works())
        try:
            await asyncio.gather(fails(), w)
        except ValueError:
            say("caught")
        say("result", await w)

    asyncio.run(main())
