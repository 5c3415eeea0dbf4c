using System.Globalization;
using System.Text;

namespace StreamSegmenter.Testing.Runs;

/// <summary>What happened in a run, step by step, for whoever looks for the reason of a failure. Only kept when asked for.</summary>
internal sealed class Trace(World world)
{
    private readonly StringBuilder _text = new();

    public void Say(SimulatedLane lane, string what) => Say($"{lane.Name,-12} {what}");

    public void Say(string what) => _text.AppendLine(CultureInfo.InvariantCulture, $"{world.Steps,5} {world.Kafka.NowMs,16} {what}");

    public override string ToString() => _text.ToString();
}
