import asyncio
import random


def program(say, pause):
    async def inner():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            say("inner is cancelled")
            await asyncio.sleep(0)
            say("inner ends")
            raise

    async def outer():
        try:
            await asyncio.wait_for(inner(), 60)
        except asyncio.CancelledError:
            say("outer is cancelled")
            raise
        except asyncio.TimeoutError:
            say("too late")

    async def main():
        t = asyncio.create_task(outer())
        for i in range(3):
            await asyncio.sleep(0)
        t.cancel()
        for i in range(4):
            say("main", i)
            await asyncio.sleep(0)
        try:
            await t
        except asyncio.CancelledError:
            say("seen")

    asyncio.run(main())
