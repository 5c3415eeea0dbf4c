using StreamSegmenter.Folding;
using StreamSegmenter.Testing.Model;

namespace StreamSegmenter.Testing.Runs;

/// <summary>Who lives: processes that start, die and come back, each on a machine whose disk outlives them.</summary>
internal sealed class Machines(World world)
{
    private const int DeathsMax = 5;
    private readonly List<SimulatedProcess> _processes = [];
    private readonly Dictionary<int, Disk> _disks = [];
    private int _lives;
    private int _deaths;

    /// <summary>Also those that have died, until others start.</summary>
    public IReadOnlyList<SimulatedProcess> Processes => _processes;

    /// <summary>How many there should be.</summary>
    public int Wanted { get; set; } = world.Weather.Processes;

    /// <summary>Whether somebody may die yet again: every life costs time.</summary>
    public bool MayDie => _deaths < DeathsMax;

    public List<SimulatedProcess> Living => [.. _processes.Where(process => !process.IsDead)];

    public List<SimulatedLane> Lanes => [.. Living.SelectMany(process => process.Lanes)];

    /// <summary>What the living lanes have counted.</summary>
    public FoldTotals Totals
    {
        get
        {
            var totals = default(FoldTotals);
            foreach (var lane in Lanes)
            {
                totals.Add(lane.Engine.Totals);
            }

            return totals;
        }
    }

    public void Start(int number)
    {
        // Who replaces one that only seems to be dead, does so elsewhere.
        if (!_disks.TryGetValue(number, out var disk) || Living.Exists(process => process.Disk == disk))
        {
            disk = _disks[number] = new Disk(world);
        }

        _processes.RemoveAll(process => process.IsDead);
        _processes.Add(new SimulatedProcess(world, number, _lives++, disk));
        world.Trace?.Say($"p{number}/{_lives - 1} starts");
    }

    public void Kill(SimulatedProcess process, string why)
    {
        if (!process.IsDead)
        {
            process.IsDead = true;
            _deaths++;
            var withItsMachine = world.IsStormy && world.Dice.Falls(Concern.Disk, world.Weather.PowerFailureShare);
            world.Trace?.Say($"{process.Instance}/{process.Life} dies{(withItsMachine ? " of a power failure" : "")}: {why}");
            if (withItsMachine)
            {
                process.Disk.LosePower();
            }
        }

        // A lane in the middle of its turn dies when that is taken up again.
        foreach (var lane in process.Lanes.Where(lane => !lane.IsBusy))
        {
            lane.Dispose();
        }
    }

    public void KillAll(string why) => Living.ForEach(process => Kill(process, why));

    /// <summary>Nobody is in the middle of anything any more.</summary>
    public void End()
    {
        foreach (var process in Living)
        {
            foreach (var lane in process.Lanes)
            {
                lane.IsBusy = false;
            }

            Kill(process, "the world ends");
        }
    }

    /// <summary>Some file of some machine rots.</summary>
    public void Rot(Random random)
    {
        if (_disks.Count > 0)
        {
            _disks.OrderBy(disk => disk.Key).ElementAt(random.Next(_disks.Count)).Value.Rot();
        }
    }
}
