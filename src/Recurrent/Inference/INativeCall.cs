using Recurrent.Interop;

namespace Recurrent;

/// <summary>A native call over lists of buffers.</summary>
internal unsafe interface INativeCall
{
    /// <summary>Makes the call.</summary>
    /// <param name="inputs">Every input, in the model's order; null where none was given.</param>
    /// <param name="outputs">Every output, likewise.</param>
    NativeStatus Invoke(NativeInputBuffer* inputs, NativeOutputBuffer* outputs);
}
