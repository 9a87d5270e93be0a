using System.Net;

namespace MacIpvlan.Runtimes;

/// <summary>
/// Limits how much a runtime can make this process read: the size of an answer, and in the endless answer with events, the
/// size of each event. The client itself reads whatever comes into memory.
/// </summary>
internal sealed class BoundedAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // The list of a host with a thousand containers has about 2 MB.
    private const int MaxLength = 32 << 20;
    private const int MaxEventLength = 1 << 20;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        bool isEndless = request.RequestUri!.AbsolutePath.EndsWith("/events", StringComparison.Ordinal);
        response.Content = new BoundedContent(response.Content, isEndless ? new EventMeter(MaxEventLength) : new SizeMeter(MaxLength));
        return response;
    }

    private interface IMeter
    {
        /// <summary>Counts bytes that were read.</summary>
        /// <exception cref="IOException">There are too many.</exception>
        public void Count(ReadOnlySpan<byte> bytes);
    }

    private sealed class SizeMeter(int limit) : IMeter
    {
        private long _length;

        public void Count(ReadOnlySpan<byte> bytes)
        {
            if ((_length += bytes.Length) > limit) throw new IOException($"The answer is longer than {limit >> 20} MB");
        }
    }

    // Measures JSON objects, because a newline can also be between the parts of one.
    private sealed class EventMeter(int limit) : IMeter
    {
        private int _length;
        private int _depth;
        private bool _isText;
        private bool _isEscaped;

        public void Count(ReadOnlySpan<byte> bytes)
        {
            foreach (byte b in bytes)
            {
                if (++_length > limit) throw new IOException($"An event is longer than {limit >> 20} MB");
                if (_isEscaped) _isEscaped = false;
                else if (_isText && b == '\\') _isEscaped = true;
                else if (b == '"') _isText = !_isText;
                else if (!_isText && b == '{') _depth++;
                else if (!_isText && b == '}' && --_depth <= 0) _length = _depth = 0;
            }
        }
    }

    private sealed class BoundedContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly IMeter _meter;

        public BoundedContent(HttpContent inner, IMeter meter)
        {
            (_inner, _meter) = (inner, meter);
            foreach ((string name, IEnumerable<string> values) in inner.Headers) Headers.TryAddWithoutValidation(name, values);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            Stream bounded = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
            await bounded.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

        protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            new BoundedStream(await _inner.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _meter);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class BoundedStream(Stream inner, IMeter meter) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int length = inner.Read(buffer, offset, count);
            meter.Count(buffer.AsSpan(offset, length));
            return length;
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            meter.Count(buffer.Span[..length]);
            return length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
