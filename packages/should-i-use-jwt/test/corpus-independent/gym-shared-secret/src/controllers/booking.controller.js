const { Booking, GymClass } = require('../models');

class BookingController {
  mine = async (req, res) => {
    res.json(await Booking.findAll({ where: { memberId: req.claims.sub }, include: GymClass }));
  };

  book = async (req, res) => {
    const found = await GymClass.findByPk(req.params.id);
    if (!found) return res.status(404).end();
    await Booking.create({ memberId: req.claims.sub, classId: found.id });
    res.status(201).end();
  };
}

module.exports = BookingController;
