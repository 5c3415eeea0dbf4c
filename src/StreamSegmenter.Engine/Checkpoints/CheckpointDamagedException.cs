namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>A checkpoint's bytes are not what was written.</summary>
internal sealed class CheckpointDamagedException(long offset, string what) : Exception(what)
{
    /// <summary>The byte of the data file where it shows.</summary>
    public long Offset => offset;
}
