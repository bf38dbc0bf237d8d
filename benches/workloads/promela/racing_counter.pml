byte count = 0;
active [N] proctype worker() {
  byte i = 0; byte seen;
next:
  seen = count;
  atomic { count = seen + 1; i++; if :: i < ROUNDS -> goto next :: else fi }
}
