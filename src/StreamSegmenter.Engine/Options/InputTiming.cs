namespace StreamSegmenter.Engine.Options;

/// <summary>How an input behaves in time.</summary>
/// <param name="Name">Topic or file name, for telemetry and dead letters.</param>
/// <param name="MaxOutOfOrdernessMs">How far events of one partition may lag behind the newest of it and still be in time.</param>
internal sealed record InputTiming(string Name, long MaxOutOfOrdernessMs);
