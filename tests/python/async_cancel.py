import asyncio
import random


def program(say, pause):
    async def work():
        say("begins")
        try:
            await asyncio.sleep(random.random() / 1000)
            say("works")
        finally:
            say("tidies up")

    async def main():
        t = asyncio.create_task(work())
        await asyncio.sleep(random.random() / 1000)
        t.cancel()
        try:
            await t
            say("in time")
        except asyncio.CancelledError:
            say("cancelled")

    asyncio.run(main())
