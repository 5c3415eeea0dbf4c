using StreamSegmenter.Testing.Runs;

namespace StreamSegmenter.Testing.Model;

/// <summary>The process dies here.</summary>
internal sealed class CrashException(string why) : Exception(why);

/// <summary>The commit fails here.</summary>
internal sealed class AbortedException(string why) : Exception(why);

internal enum Fault
{
    None,
    Crash,
    Abort,
    Freeze,
}

/// <summary>What goes wrong in the middle of a lane's commits and restores.</summary>
internal sealed class Faults(SimulatedLane lane)
{
    private readonly World _world = lane.World;
    private Queue<Fault> _plan = new();

    /// <summary>A commit of so many steps begins: at one of them there may be a fault.</summary>
    public void Plan(int steps)
    {
        var weather = _world.Weather;
        var random = _world.Dice[Concern.Commit];
        var chance = random.NextDouble();

        // The last few steps decide, so they have more than their share.
        var at = random.Next(3) == 0 ? Math.Max(0, steps - 1 - random.Next(3)) : random.Next(steps);
        var fault = !_world.IsStormy ? Fault.None
            : (chance -= weather.CrashShare) < 0 ? Fault.Crash
            : (chance -= weather.AbortShare) < 0 ? Fault.Abort
            : chance - weather.FreezeInsideShare < 0 ? Fault.Freeze : Fault.None;
        _plan = new Queue<Fault>(Enumerable.Range(0, steps).Select(step => step == at ? fault : Fault.None));
    }

    /// <summary>What happens at the next step of the commit.</summary>
    public Fault Next() => _plan.Dequeue();

    /// <exception cref="CrashException">The process dies.</exception>
    /// <exception cref="AbortedException">The commit fails.</exception>
    public void Step(string where) => Suffer(Next(), where);

    /// <exception cref="CrashException">The process dies.</exception>
    public void StepOfRestore(string where) => Suffer(
        !_world.IsStormy ? Fault.None
        : _world.Dice.Falls(Concern.Restore, _world.Weather.CrashInRestoreShare / 2) ? Fault.Crash
        : _world.Dice.Falls(Concern.Restore, _world.Weather.FreezeInsideShare / 2) ? Fault.Freeze : Fault.None, where);

    /// <exception cref="CrashException">The process dies.</exception>
    /// <exception cref="AbortedException">The commit fails.</exception>
    public void Suffer(Fault fault, string where)
    {
        switch (fault)
        {
            case Fault.Crash:
                throw new CrashException(where);
            case Fault.Abort:
                throw new AbortedException(where);
            case Fault.Freeze:
                _world.StandStill(lane, where);
                break;
        }
    }
}
