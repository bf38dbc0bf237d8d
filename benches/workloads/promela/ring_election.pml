chan link[N] = [N] of { byte };
byte leaders = 0; byte winner = 0;
#define MINE  (N - _pid)
#define RIGHT link[(_pid + 1) % N]
active [N] proctype node() {
  byte seen;
  RIGHT ! MINE;
next:
  atomic { link[_pid] ? seen; if :: seen < MINE -> seen = 0; goto next :: else fi }
  if
  :: seen == N + 1 -> if :: MINE != N -> RIGHT ! seen :: else fi; goto done
  :: seen != N + 1 && seen > MINE -> RIGHT ! seen
  :: seen == MINE -> leaders++; winner = MINE; RIGHT ! (N + 1)
  fi;
  goto next;
done:
  seen = 0
}
