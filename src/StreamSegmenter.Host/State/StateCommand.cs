using System.CommandLine;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.State;

/// <summary><c>state</c>: looks at the engine's state, and moves it.</summary>
internal static class StateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "state",
            "Look at the engine's state where it is kept, and move it.",
            """
            streamsegmenter state verify /var/lib/streamsegmenter
            streamsegmenter state export --config samples/shop.yaml --customer c-42
            streamsegmenter state export --config samples/shop.yaml > state.jsonl
            streamsegmenter state import --config new.yaml state.jsonl
            """);
        command.Subcommands.Add(StateVerifyCommand.Create(terminal));
        command.Subcommands.Add(StateExportCommand.Create(terminal));
        command.Subcommands.Add(StateImportCommand.Create(terminal));
        return command;
    }
}
