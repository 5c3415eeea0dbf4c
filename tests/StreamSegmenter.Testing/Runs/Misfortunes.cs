using StreamSegmenter.Testing.Model;

namespace StreamSegmenter.Testing.Runs;

/// <summary>What happens to processes and topics between two turns.</summary>
internal sealed class Misfortunes(World world)
{
    private const int StartShareOneIn = 6;
    private const double ReplicationShare = 0.1;
    private readonly Weather _weather = world.Weather;
    private readonly Dice _dice = world.Dice;

    /// <summary>Perhaps something happens.</summary>
    public void Strike()
    {
        if (_dice.Falls(Concern.Kill, _weather.KillShare) && world.Machines.MayDie && Any(Concern.Kill) is { } killed)
        {
            world.Machines.Kill(killed, "kill -9");
        }

        if (_dice.Falls(Concern.Stop, _weather.StopShare) && world.Machines.MayDie && Any(Concern.Stop) is { } stopped
            && stopped.FrozenUntil <= world.Steps && stopped.Lanes.All(lane => !lane.IsBusy))
        {
            world.Stop(stopped);
        }

        if (_dice.Falls(Concern.Freeze, _weather.FreezeShare) && Any(Concern.Freeze) is { } frozen)
        {
            world.Freeze(frozen, "between two turns");
        }

        if (_dice.Falls(Concern.Jump, _weather.JumpShare) && Any(Concern.Jump) is { } wrong)
        {
            Jump(wrong);
        }

        if (_dice.Falls(Concern.Compaction, _weather.CompactionShare))
        {
            Compact();
        }

        if (_dice.Falls(Concern.Disk, _weather.DiskRotShare))
        {
            world.Machines.Rot(_dice[Concern.Disk]);
        }

        if (_dice.Falls(Concern.Late, ReplicationShare))
        {
            Replicate();
        }

        if (_dice.Falls(Concern.Ending, ReplicationShare))
        {
            world.Kafka.Transactions.Settle();
        }

        StartMissing(atOnce: false);
    }

    /// <summary>All goes on again, and all clocks are right.</summary>
    public void Mend()
    {
        foreach (var process in world.Machines.Living)
        {
            process.FrozenUntil = 0;
            if (process.HasJumped)
            {
                Jump(process);
            }
        }

        Replicate();
        world.Kafka.Transactions.Settle();
        Revive();
    }

    /// <summary>Whoever died is started again.</summary>
    public void Revive() => StartMissing(atOnce: true);

    private SimulatedProcess? Any(Concern concern)
    {
        var living = world.Machines.Living;
        var chosen = _dice[concern].Next(_weather.Processes);
        return chosen < living.Count ? living[chosen] : null;
    }

    /// <summary>A process that is dead, or that stands still so that it seems dead, is replaced.</summary>
    private void StartMissing(bool atOnce)
    {
        for (var number = 0; number < world.Machines.Wanted; number++)
        {
            var isMissing = world.Machines.Processes.All(process => process.IsDead || process.Number != number || process.FrozenUntil > world.Steps + 20);
            if (isMissing && (atOnce || _dice[Concern.Start].Next(StartShareOneIn) == 0)
                && (world.Machines.MayDie || world.Machines.Processes.All(process => process.IsDead || process.Number != number)))
            {
                world.Machines.Start(number);
            }
        }
    }

    private void Jump(SimulatedProcess process)
    {
        var forward = process.Number % 2 == 0;
        process.Time.Set(TimeSpan.FromDays(forward != process.HasJumped ? 1 : -1));
        process.HasJumped = !process.HasJumped;
        world.Trace?.Say($"{process.Instance}/{process.Life} has its clock {(process.HasJumped ? "a day wrong" : "right again")}");
    }

    /// <summary>What the leaders of the changelog have, all have.</summary>
    private void Replicate()
    {
        foreach (var log in world.Kafka.Changelog)
        {
            log.Replicate();
        }
    }

    private void Compact()
    {
        var random = _dice[Concern.Compaction];
        var partition = random.Next(world.Kafka.Partitions);
        var tombstonesBeforeMs = random.Next(2) == 0 ? long.MinValue : world.Kafka.NowMs - random.Next(10 * _weather.StepMsMax);
        if (_weather.KeepsCheckpoints)
        {
            // Whoever kept a checkpoint was promised to hear of what was deleted since.
            tombstonesBeforeMs = Math.Min(tombstonesBeforeMs, world.RestoringSinceMs.Append(world.ClockMs).Min() - _weather.DeleteRetentionMs);
        }

        Compaction.Run(
            world.Kafka.Changelog[partition], random.NextDouble() * 1.2, tombstonesBeforeMs, lagsBehindCommits: !_weather.ExactlyOnce);
        world.Trace?.Say($"changelog {partition} is compacted");
    }
}
