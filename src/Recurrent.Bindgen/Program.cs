using Recurrent.Bindgen;
using Recurrent.Bindgen.FrontEnd.Clang;

return BindgenApplication.Run(
    args, Directory.GetCurrentDirectory(), new ClangHeaderFrontEnd(), Console.Out, Console.Error);
