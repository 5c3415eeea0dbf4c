namespace StreamSegmenter.Engine.Telemetry;

/// <summary>How one part of the process is.</summary>
/// <param name="Component">Its name, <c>lane-0</c>.</param>
/// <param name="Ready">It does its work.</param>
/// <param name="Reason">Why it does not, for an operator; null when it does.</param>
internal readonly record struct ComponentState(string Component, bool Ready, string? Reason);

/// <summary>Whether the process does its work now: its state is restored and it is connected. Not ready is an expected
/// state that passes by itself; read from any thread.</summary>
internal interface IReadiness
{
    bool IsReady { get; }

    /// <summary>Every component, also those that are ready.</summary>
    IEnumerable<ComponentState> Components { get; }
}

/// <summary>Whether the process can still do its work without being restarted; read from any thread.</summary>
internal interface ILiveness
{
    /// <summary>Every component; one that is not <see cref="ComponentState.Ready"/> here stopped or is stuck for good.</summary>
    IEnumerable<ComponentState> Health { get; }
}
