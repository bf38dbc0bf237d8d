import asyncio


def program(say, pause):
    async def main():
        lock = asyncio.Lock()

        async def work(n):
            try:
                async with lock:
                    say("work", n)
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
            except asyncio.CancelledError:
                say("cancelled", n)

        tasks = [asyncio.create_task(work(n)) for n in (1, 2, 3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks)
        say("locked", lock.locked())

    asyncio.run(main())
