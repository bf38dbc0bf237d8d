/* A loop's guard belongs to the step before it, as in Threadbare. */
byte m = 0; byte count = 0;
active [N] proctype worker() {
  byte i = 0; byte seen;
next:
  atomic { m == 0 -> m = _pid + 1 }
  seen = count;
  count = seen + 1;
  atomic { m = 0; i++; if :: i < ROUNDS -> goto next :: else fi }
}
