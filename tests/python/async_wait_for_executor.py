import asyncio
import random
from concurrent.futures import ThreadPoolExecutor


def program(say, pause):
    def job(n):
        pause()
        say("job", n)
        return n

    async def main():
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1) as pool:

            async def ask(n):
                work = loop.run_in_executor(pool, job, n)
                try:
                    say("result", await asyncio.wait_for(work, random.random() / 2000))
                except asyncio.TimeoutError:
                    say("too late", n)

            await asyncio.gather(ask(1), ask(2))

    asyncio.run(main())
