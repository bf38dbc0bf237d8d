byte fork[N];
active [N] proctype philosopher() {
  byte i = 0;
next:
  atomic { fork[_pid] == 0 -> fork[_pid] = _pid + 1 }
  atomic { fork[(_pid + 1) % N] == 0 -> fork[(_pid + 1) % N] = _pid + 1 }
  fork[(_pid + 1) % N] = 0;
  atomic { fork[_pid] = 0; i++; if :: i < ROUNDS -> goto next :: else fi }
}
