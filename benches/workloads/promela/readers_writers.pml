byte room = 1; byte door = 1; byte inside = 0; byte value = 0;
active [READERS] proctype reader() {
  byte r = 0; byte seen;
next:
  atomic { door > 0 -> door-- }
  seen = inside;
  inside = seen + 1;
  atomic { seen = inside; if :: seen != 1 -> goto in :: else fi }
  atomic { room > 0 -> room-- }
in:
  door++;
  seen = value;
  atomic { door > 0 -> door-- }
  seen = inside;
  inside = seen - 1;
  atomic { seen = inside; if :: seen != 0 -> goto out :: else fi }
  room++;
out:
  atomic { door++; r++; if :: r < ROUNDS -> goto next :: else fi }
}
active [WRITERS] proctype writer() {
  byte r = 0; byte seen;
next:
  atomic { room > 0 -> room-- }
  seen = value;
  value = seen + 1;
  atomic { room++; r++; if :: r < ROUNDS -> goto next :: else fi }
}
