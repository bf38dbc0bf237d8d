/* Who waits for what: 1 space, 2 goods, 3 was woken. */
#define ALL (PRODUCERS + CONSUMERS)
byte shop = 0; byte filled = 0; byte asleep[8];
#define WAKE(i, what) :: (i < ALL && asleep[i] == what) -> asleep[i] = 3
inline notify(what) {
  if WAKE(0, what) WAKE(1, what) WAKE(2, what) WAKE(3, what)
     WAKE(4, what) WAKE(5, what) WAKE(6, what) WAKE(7, what)
  :: else fi
}
inline sleep(what) {
  atomic { asleep[_pid] = what; shop = 0 }
  atomic { asleep[_pid] == 3 && shop == 0 -> asleep[_pid] = 0; shop = 1 }
}
active [PRODUCERS] proctype producer() {
  byte i = 0;
next:
  atomic { shop == 0 -> shop = 1 }
test:
  if :: filled == SLOTS -> sleep(1); goto test :: else fi;
  filled++;
  atomic { notify(2) }
  atomic { shop = 0; i++; if :: i < ITEMS -> goto next :: else fi }
}
active [CONSUMERS] proctype consumer() {
  byte i = 0;
next:
  atomic { shop == 0 -> shop = 1 }
test:
  if :: filled == 0 -> sleep(2); goto test :: else fi;
  filled--;
  atomic { notify(1) }
  atomic { shop = 0; i++; if :: i < PRODUCERS * ITEMS / CONSUMERS -> goto next :: else fi }
}
