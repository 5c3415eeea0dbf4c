using System.Collections.Concurrent;
using System.Threading.Channels;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>Brings one checkpoint to the disk, on a thread of the pool, while the lane fills its blocks: data, sync, reading back and
/// verifying, manifest, sync, rename, reading back. At most <see cref="BlocksMax"/> blocks exist: when the disk is slower
/// than the lane, <see cref="TryTake"/> has none, and the lane tries again at its next turn instead of waiting.</summary>
internal sealed class CheckpointWriter
{
    public const string UnfinishedSuffix = ".part";
    private const int BlocksMax = 8;

    private readonly CheckpointDirectory _directory;
    private readonly CheckpointManifest _head;
    private readonly CancellationTokenSource _cancel = new();
    private readonly ConcurrentQueue<CheckpointBlock> _free = new();
    private readonly Channel<CheckpointBlock> _filled = Channel.CreateUnbounded<CheckpointBlock>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

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
        Outcome = Task.Run(RunAsync);
    }

    /// <summary>The finished checkpoint, which can be restored from; or why there is none, and then nothing of it is left.</summary>
    public Task<CheckpointManifest> Outcome { get; }

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

    public void Send(CheckpointBlock block) => _filled.Writer.TryWrite(block);

    /// <summary>There are no more blocks.</summary>
    public void Complete() => _filled.Writer.TryComplete();

    /// <summary>Gives it up, as soon as the disk has answered.</summary>
    public void Cancel() => _cancel.Cancel();

    private async Task<CheckpointManifest> RunAsync()
    {
        var number = _directory.NextNumber();
        var name = StoredCheckpoint.DataName(number);
        try
        {
            await WriteDataAsync(Path.Combine(_directory.Location, name));
            var manifest = _head with { File = name, Bytes = _offset, Checksum = _checksum, Records = _records };
            Verify(manifest);
            WriteManifest(number, manifest);
        }
        catch
        {
            Discard(number);
            throw;
        }

        // From here on there is a new checkpoint, whatever becomes of the old ones.
        var finished = StoredCheckpoint.Open(_directory.Location, number, _directory.Files);
        RemoveOlder(number);
        return finished.Manifest!;
    }

    private async Task WriteDataAsync(string path)
    {
        using var file = _directory.Files.Create(path);
        Append(file, CheckpointFormat.Header(_head.Partition, _head.Position, _head.CreatedMs));
        while (await _filled.Reader.WaitToReadAsync(_cancel.Token))
        {
            while (_filled.Reader.TryRead(out var block))
            {
                _cancel.Token.ThrowIfCancellationRequested();
                if (block.Records > 0)
                {
                    Append(file, CheckpointFormat.BlockHead(block.Payload, block.Records));
                    Append(file, block.Payload);
                    _blocks++;
                    _records += block.Records;
                }

                block.Clear();
                _free.Enqueue(block);
            }
        }

        Append(file, CheckpointFormat.Footer(_blocks, _records, _checksum));
        _directory.Files.Sync(file);
    }

    private void Append(Stream file, ReadOnlySpan<byte> bytes)
    {
        // Of what is in memory: a checksum of what came to stand in the file would call any file right.
        _checksum = Crc32C.Append(_checksum, bytes);
        _offset += bytes.Length;
        file.Write(bytes);
    }

    private void Verify(CheckpointManifest manifest)
    {
        using var file = _directory.Files.OpenRead(Path.Combine(_directory.Location, manifest.File));
        new CheckpointReader(file, manifest).Read((_, _) => _cancel.Token.ThrowIfCancellationRequested());
    }

    private void WriteManifest(long number, CheckpointManifest manifest)
    {
        var path = Path.Combine(_directory.Location, StoredCheckpoint.ManifestName(number));
        var encoded = manifest.Encode();
        using (var file = _directory.Files.Create(path + UnfinishedSuffix))
        {
            file.Write(encoded);
            _directory.Files.Sync(file);
        }

        _directory.Files.Rename(path + UnfinishedSuffix, path);
        var stored = StoredCheckpoint.Open(_directory.Location, number, _directory.Files);
        if (stored.Manifest is null || !stored.Manifest.Encode().AsSpan().SequenceEqual(encoded))
        {
            throw new CheckpointDamagedException(0, $"the manifest reads back wrong: {stored.Fault ?? "it is another one"}");
        }
    }

    private void RemoveOlder(long number)
    {
        try
        {
            _directory.KeepTwo(number);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They stay until the next one; this one is good.
        }
    }

    private void Discard(long number)
    {
        try
        {
            _directory.Remove(number);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without a manifest it is nothing, and the next owner of the directory clears it away.
        }
    }
}
