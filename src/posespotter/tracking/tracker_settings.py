"""The tracker's assumptions about how people move, vanish and appear."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrackerSettings:
    """The tracker's assumptions. A body size is the diagonal of a standing person's box; costs are in nats.

    The noise figures were fitted on walking people (gait swings the trunk by 2 % of a body size; the size itself, read
    from the limbs, is wrong by 1 to 4 % on real clips); the costs on synthetic crossings, see benchmarks/identity.py.

    Attributes:
        memory_s: how long a person who is not seen is remembered.
        max_lost: how many unseen people are remembered at most; the longest unseen goes first.
        max_reach: how far from the expected place a person is found in their own crop, at the most, in body sizes.
        place_noise: standard deviation of the trunk's measured place, body sizes.
        size_noise: standard deviation of the measured log body size.
        steady_push: spectral density of acceleration of the steady filter, body sizes²/s³.
        agile_push: the same of the agile filter.
        steady_size_push: spectral density of the acceleration of log body size in the steady filter, 1/s³,
        agile_size_push: and in the agile one.
        first_speed: standard deviation of a new person's speed, body sizes/s.
        first_growth: standard deviation of a new person's change of log body size, 1/s.
        agile_share: how often people move as the agile filter expects.
        pose_weight: cost of joints without any likeness (OKS 0) against equal ones, for a person just seen.
        box_weight: cost of boxes that do not overlap against equal ones, for a person just seen.
        unknown_pose_cost: cost of joints and box of a person unseen for long.
        pose_memory_s: after this time unseen, joints and boxes count 1/e.
        followed_bonus: how much cheaper a person's own followed crop is.
        new_cost: cost of calling a detection a new person.
        vanish_cost: cost of missing a person who was just seen.
        sure_motion_cost: a lost person whose motion costs less than this is the same, whatever the pose,
        amid_motion_cost: and less than this where the detection is away from the picture's edges, where people enter,
            and from other people, behind whom they come out.
        fresh_size_weight: weight of the cost of another size, beside other people, for a track that was seen a moment
            ago: a pose misread once must not hand a person in sight over to one who is hidden behind.
        sure_gain: what taking a detection for a person seen a moment ago must gain to be confirmed at once,
        sure_size_cost: or else what its other size may cost (two standard deviations).
        doubt_s: how long a moment is, and how long such a detection stays tentative otherwise: the person may have been
            missed where somebody came out behind them, and be detected again.
    """

    memory_s: float = 2.5
    max_lost: int = 64
    max_reach: float = 2.5
    place_noise: float = 0.025
    size_noise: float = 0.02
    steady_push: float = 0.02
    agile_push: float = 1.0
    steady_size_push: float = 0.003
    agile_size_push: float = 0.1
    first_speed: float = 1.0
    first_growth: float = 0.05
    agile_share: float = 0.2
    pose_weight: float = 12.0
    box_weight: float = 2.0
    unknown_pose_cost: float = 2.5
    pose_memory_s: float = 0.3
    followed_bonus: float = 3.0
    new_cost: float = 3.0
    vanish_cost: float = 3.0
    sure_motion_cost: float = 0.6
    amid_motion_cost: float = 4.0
    fresh_size_weight: float = 0.5
    sure_gain: float = 4.0
    sure_size_cost: float = 2.0
    doubt_s: float = 0.15
