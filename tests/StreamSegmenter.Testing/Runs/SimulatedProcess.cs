using StreamSegmenter.Engine.Time;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Testing.Model;

namespace StreamSegmenter.Testing.Runs;

/// <summary>One life of a process: lanes that live and die together, with a clock of their own.</summary>
internal sealed class SimulatedProcess
{
    /// <param name="disk">Of its machine.</param>
    public SimulatedProcess(World world, int number, int life, Disk disk)
    {
        Disk = disk;
        Number = number;
        Life = life;
        Instance = "p" + number;
        Time.Advance(TimeSpan.FromMilliseconds(world.ClockMs - Time.NowMs));
        Clock = new SteadyTime(Time);
        Versions = world.Mutation.OfVersions(world.Scenario.AllVersions());
        Lanes = [.. Enumerable.Range(0, world.Weather.LanesEach).Select(index => new SimulatedLane(world, this, index))];
    }

    public int Number { get; }

    public int Life { get; }

    public string Instance { get; }

    /// <summary>The machine's clock.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>What the engine makes of it.</summary>
    public SteadyTime Clock { get; }

    public Disk Disk { get; }

    /// <summary>The definitions that it knows: all there will be, as every process reads them before their time.</summary>
    public DefinitionVersions Versions { get; }

    public IReadOnlyList<SimulatedLane> Lanes { get; }

    public bool IsDead { get; set; }

    /// <summary>The step of the world until which it stands still.</summary>
    public int FrozenUntil { get; set; }

    /// <summary>Its clock is wrong.</summary>
    public bool HasJumped { get; set; }
}
