#include "wire/sctp/dcep.h"

bool dcep_read(struct dcep_open *o, struct bytes b)
{
	struct cur c = cur_of(b);
	uint8_t kind = cur_u8(&c);
	uint16_t label;

	o->type = cur_u8(&c);
	o->priority = cur_u16(&c);
	o->limit = cur_u32(&c);
	label = cur_u16(&c);
	o->protocol.n = cur_u16(&c);
	o->label = cur_bytes(&c, label);
	o->protocol = cur_bytes(&c, o->protocol.n);
	return !c.bad && kind == DCEP_OPEN &&
	       (o->type & ~DCEP_UNORDERED) <= DCEP_TIMED;
}

void dcep_put(struct pack *p, const struct dcep_open *o)
{
	pack_u8(p, DCEP_OPEN);
	pack_u8(p, o->type);
	pack_u16(p, o->priority);
	pack_uint(p, o->limit, 4);
	pack_u16(p, (uint16_t)o->label.n);
	pack_u16(p, (uint16_t)o->protocol.n);
	pack_bytes(p, o->label);
	pack_bytes(p, o->protocol);
}
