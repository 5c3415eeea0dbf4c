using System.Collections.Concurrent;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>Brings one checkpoint to the disk, beside the lane, while the lane fills its blocks: data, sync, reading back and
/// verifying, manifest, sync, rename, reading back. At most <see cref="BlocksMax"/> blocks exist: when the disk is slower
/// than the lane, <see cref="TryTake"/> has none, and the lane tries again at its next turn instead of waiting.</summary>
internal sealed class CheckpointWriter
{
    public const string UnfinishedSuffix = ".part";
    private const int BlocksMax = 8;

    private readonly CheckpointDirectory _directory;
    private readonly ConcurrentQueue<CheckpointBlock> _free = new();
    private readonly TaskCompletionSource<CheckpointManifest> _outcome = new();
    private CheckpointManifest _head;
    private long _number;
    private Task _steps = Task.CompletedTask;
    private Stream? _file;
    private volatile bool _isCancelled;
    private int _blocksMade;
    private long _offset;
    private long _blocks;
    private long _records;
    private uint _checksum;

    /// <param name="head">Of which what the data are is known: topic, partition, position, instant, layout, inputs.</param>
    public CheckpointWriter(CheckpointDirectory directory, CheckpointManifest head)
    {
        _directory = directory;
        _head = head;
        Then(Begin);
    }

    /// <summary>The finished checkpoint, which can be restored from; or why there is none, and then nothing of it is left.</summary>
    public Task<CheckpointManifest> Outcome => _outcome.Task;

    /// <summary>An empty block to be filled, unless all are on their way to the disk.</summary>
    public bool TryTake(out CheckpointBlock block)
    {
        if (_free.TryDequeue(out block!))
        {
            return true;
        }

        block = null!;
        if (_blocksMade == BlocksMax)
        {
            return false;
        }

        _blocksMade++;
        block = new CheckpointBlock();
        return true;
    }

    public void Send(CheckpointBlock block) => Then(() => Write(block));

    /// <summary>There are no more blocks.</summary>
    public void Complete() => Then(Finish);

    /// <summary>Gives it up, as soon as the disk has answered.</summary>
    public void Cancel()
    {
        _isCancelled = true;
        Then(() => { });
    }

    /// <summary>One step after the other, each when the disk has answered the one before; the first that fails is the last.</summary>
    private void Then(Action step) => _steps = _steps.ContinueWith(
        _ => Take(step), CancellationToken.None, TaskContinuationOptions.DenyChildAttach, _directory.Files.Writers);

    private void Take(Action step)
    {
        if (Outcome.IsCompleted)
        {
            return;
        }

        try
        {
            ThrowIfCancelled();
            step();
        }
        catch (Exception e)
        {
            Discard();
            _outcome.SetException(e);
        }
    }

    private void ThrowIfCancelled()
    {
        if (_isCancelled)
        {
            throw new OperationCanceledException("it was given up");
        }
    }

    private void Begin()
    {
        _number = _directory.NextNumber();
        _head = _head with { File = StoredCheckpoint.DataName(_number) };
        _file = _directory.Files.Create(Path.Combine(_directory.Location, _head.File));
        Append(_file, CheckpointFormat.Header(_head.Partition, _head.Position, _head.CreatedMs));
    }

    private void Write(CheckpointBlock block)
    {
        if (block.Records > 0)
        {
            Append(_file!, CheckpointFormat.BlockHead(block.Payload, block.Records));
            Append(_file!, block.Payload);
            _blocks++;
            _records += block.Records;
        }

        block.Clear();
        _free.Enqueue(block);
    }

    private void Finish()
    {
        Append(_file!, CheckpointFormat.Footer(_blocks, _records, _checksum));
        _directory.Files.Sync(_file!);
        _file!.Dispose();
        var manifest = _head with { Bytes = _offset, Checksum = _checksum, Records = _records };
        Verify(manifest);
        WriteManifest(manifest);

        // From here on there is a new checkpoint, whatever becomes of the old ones.
        RemoveOlder();
        _outcome.SetResult(manifest);
    }

    private void Append(Stream file, ReadOnlySpan<byte> bytes)
    {
        // Computed from memory: a checksum of the bytes read back from the file would call any file right.
        _checksum = Crc32C.Append(_checksum, bytes);
        _offset += bytes.Length;
        file.Write(bytes);
    }

    private void Verify(CheckpointManifest manifest)
    {
        using var file = _directory.Files.OpenRead(Path.Combine(_directory.Location, manifest.File));
        new CheckpointReader(file, manifest).Read((_, _) => ThrowIfCancelled());
    }

    private void WriteManifest(CheckpointManifest manifest)
    {
        var path = Path.Combine(_directory.Location, StoredCheckpoint.ManifestName(_number));
        var encoded = manifest.Encode();
        using (var file = _directory.Files.Create(path + UnfinishedSuffix))
        {
            file.Write(encoded);
            _directory.Files.Sync(file);
        }

        _directory.Files.Rename(path + UnfinishedSuffix, path);
        var stored = StoredCheckpoint.Open(_directory.Location, _number, _directory.Files);
        if (stored.Manifest is null || !stored.Manifest.Encode().AsSpan().SequenceEqual(encoded))
        {
            throw new CheckpointDamagedException(0, $"the manifest reads back wrong: {stored.Fault ?? "it is another one"}");
        }
    }

    private void RemoveOlder()
    {
        try
        {
            _directory.KeepTwo(_number);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They stay until the next one; this one is good.
        }
    }

    private void Discard()
    {
        try
        {
            _file?.Dispose();
            _directory.Remove(_number);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a manifest it is nothing, and the next owner of the directory clears it away.
        }
    }
}
