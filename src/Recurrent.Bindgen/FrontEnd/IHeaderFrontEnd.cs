using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.FrontEnd;

/// <summary>Reads a C header into the plain model. The seam that lets another parser take libclang's place.</summary>
internal interface IHeaderFrontEnd
{
    /// <summary>Parses a header as C99 for a 64-bit target.</summary>
    /// <param name="path">Path of the header.</param>
    /// <returns>What the header declares. It may still break the interface rules.</returns>
    /// <exception cref="BindgenException">The header is not valid C, or a comment of it is malformed.</exception>
    HeaderModel Parse(string path);
}
