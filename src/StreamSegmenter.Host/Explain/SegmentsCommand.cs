using System.CommandLine;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.Explain;

/// <summary><c>segments</c>: what is done with definitions of segments.</summary>
internal static class SegmentsCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "segments",
            "Try a segment's condition on a customer.",
            """
            streamsegmenter segments try --config first.yaml --customer c106 --when "did(order_completed, 30d)"
            """);
        command.Subcommands.Add(SegmentsTryCommand.Create(terminal));
        return command;
    }
}
